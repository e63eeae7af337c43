"""uncramp in the browser: pages made on the server, and the same answers as JSON under `/api`.

Only parses, calls an action, and shows. `web.app.create_app` puts it together;
`web.serving.serve` runs it.
"""
