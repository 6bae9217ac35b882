/** The domain of onnxruntime's own operators, which its optimizer and its quantizer write. */
export const microsoft = 'com.microsoft';
