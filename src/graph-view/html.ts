import { randomUUID } from 'node:crypto';
import { escapeHtml } from '../report/html.ts';

/**
 * HTML that shows the SVG in a frame to scroll in. Where scripts run, one makes it a view to drag, and to zoom with the
 * buttons, Ctrl and the wheel, or a double click. Nothing is fetched.
 */
export function htmlOf(svg: string, { title, notes }: { title: string; notes: readonly string[] }): string {
  const id = `edgebook-graph-${randomUUID()}`;
  return [
    `<div id="${id}" class="edgebook-graph">`,
    `<p style="margin:0.5em 0"><strong>${escapeHtml(title)}</strong>${notes.map((note) => ` · ${escapeHtml(note)}`).join('')}</p>`,
    `<div style="position:relative;max-height:640px;overflow:auto;border:1px solid #8884;border-radius:4px">${svg}</div>`,
    `</div><script>(${view})(${JSON.stringify(id)});</script>`,
  ].join('\n');
}

/** Runs in the page, as text: it may use nothing from this file. */
const view = `function (id) {
  var host = document.getElementById(id), frame = host && host.children[1], svg = frame && frame.querySelector('svg');
  if (!svg) return;
  var full = svg.viewBox.baseVal, w = full.width, h = full.height;
  var width = frame.clientWidth || 800, height = Math.min(640, Math.max(160, h));
  var x = (w - width) / 2, y = 0, scale = 1;
  if (w > width) { scale = Math.max(width / w, 0.5); x = (w - width / scale) / 2; }
  frame.style.cssText += 'overflow:hidden;touch-action:none;cursor:grab;height:' + height + 'px';
  svg.setAttribute('width', '100%'); svg.setAttribute('height', '100%');
  function draw() {
    width = frame.clientWidth || width;
    svg.setAttribute('viewBox', [x, y, width / scale, height / scale].join(' '));
  }
  function zoom(factor, cx, cy) {
    var next = Math.min(4, Math.max(Math.min(width / w, height / h, 1) * 0.9, scale * factor));
    x += cx / scale - cx / next; y += cy / scale - cy / next; scale = next; draw();
  }
  function fit() { scale = Math.min(width / w, height / h, 1); x = (w - width / scale) / 2; y = (h - height / scale) / 2; draw(); }
  function at(event) { var box = frame.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; }
  frame.addEventListener('wheel', function (event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    var p = at(event); zoom(Math.exp(-event.deltaY / 300), p[0], p[1]);
  }, { passive: false });
  frame.addEventListener('dblclick', function (event) { var p = at(event); zoom(event.shiftKey ? 0.5 : 2, p[0], p[1]); });
  var from = null;
  frame.addEventListener('pointerdown', function (event) {
    if (event.target.closest('button')) return;
    from = [event.clientX, event.clientY, x, y]; frame.setPointerCapture(event.pointerId); frame.style.cursor = 'grabbing';
  });
  frame.addEventListener('pointermove', function (event) {
    if (!from) return;
    x = from[2] - (event.clientX - from[0]) / scale; y = from[3] - (event.clientY - from[1]) / scale; draw();
  });
  function drop() { from = null; frame.style.cursor = 'grab'; }
  frame.addEventListener('pointerup', drop); frame.addEventListener('pointercancel', drop);
  var bar = document.createElement('div');
  bar.style.cssText = 'position:absolute;right:8px;top:8px;display:flex;gap:4px';
  [['+', 'Zoom in', function () { zoom(1.4, width / 2, height / 2); }],
   ['\\u2212', 'Zoom out', function () { zoom(1 / 1.4, width / 2, height / 2); }],
   ['\\u2922', 'Show all', fit]].forEach(function (entry) {
    var button = document.createElement('button');
    button.type = 'button'; button.textContent = entry[0]; button.title = entry[1];
    button.setAttribute('aria-label', entry[1]);
    button.style.cssText = 'width:28px;height:28px;border:1px solid #8888;border-radius:4px;background:#8882;color:inherit;font-size:15px;cursor:pointer;padding:0';
    button.addEventListener('click', entry[2]); bar.appendChild(button);
  });
  frame.appendChild(bar);
  draw();
}`;
