/** The page that has both sides of the line in it. */
export const demo = {
  about: 'About this page',
  sentence:
    'Score records with another company’s model: they are sealed before they cross the line and opened after they came back, so that the model’s owner never reads them.',
  both: 'In this demo both sides run in your browser. In a deployment the right half is another company’s machine.',
  served: (host: string) => `Files from ${host}; no scoring server anywhere.`,
  disk: 'A file on this device; no scoring server anywhere.',
  real: 'Run it for real',
  realSteps: [
    'Take the source, and have Node 20.19 or later. The vendor puts model files into a folder and starts the server:',
    'The page that it serves is this one without the right half in it. Behind a proxy with TLS, analysts open its address.',
  ],
  realCommand: 'npm start -- --models DIR',
  serverName: 'workers of this page',
  weights:
    'The model’s weights, in a worker. In this demo the example models are files of the page, so whoever opens it can read them; a deployment’s never leave the vendor’s machine.',
  yourModel: 'Your model',
  serve: 'Serve a model file',
  reading: 'Reading the model…',
  serveHint:
    'Drop one on this side, or choose it: Blindscore JSON, PMML or ONNX, with its ranges file if it has one. It is served in this tab and sent nowhere.',
  isServed: (id: string) => `${id} is served here until this tab is closed.`,
}
