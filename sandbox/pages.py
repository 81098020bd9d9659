"""The pages of HTML that a caller of the API gets to see when something is wrong."""

from __future__ import annotations

_PAGE = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
<title>{title}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
</head>
<body>
<div class="page"><h1>{title}</h1>
<p>{text}</p></div>
</body>
</html>
"""

HOME = _PAGE.format(title="Home page", text="A made-up shop. Its API is at /index.php/api/xmlrpc/.")
NOT_FOUND = _PAGE.format(title="404 Not Found", text="The page you requested was not found.")
MAINTENANCE = _PAGE.format(
    title="Error 503: Service Unavailable", text="The server is temporarily unable to service your request."
)
ERROR = _PAGE.format(
    title="There has been an error processing your request",
    text="Exception printing is disabled by default for security reasons. Error log record number: 1234567890",
)
BAD_GATEWAY = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx/1.22.1</center>
</body>
</html>
"""
UNAUTHORIZED = "<html><head><title>401 Authorization Required</title></head><body></body></html>\n"
FATAL = """<br />
<b>Fatal error</b>:  Uncaught Error: Call to a member function getId() on null in /var/www/app/code/local/Foo.php:3
Stack trace:
#0 {main}
  thrown in <b>/var/www/app/code/local/Foo.php</b> on line <b>3</b><br />
"""
WARNING = """<br />
<b>Notice</b>:  Undefined variable: x in <b>/var/www/app/code/local/Foo.php</b> on line <b>3</b><br />
"""
