"""Runs a notebook by nbclient, a client that is not Edgebook's, and prints it with its outputs as JSON."""

import sys

import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
client = NotebookClient(notebook, kernel_name="edgebook", timeout=60, resources={"metadata": {"path": sys.argv[2]}})
client.execute()
nbformat.validate(notebook)
print(nbformat.writes(notebook))
