"""One file a page: read the request, call an action, show a template."""
