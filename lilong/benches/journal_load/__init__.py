"""The load that `lilong bench journal` puts on a database: processes told what to do, line by line."""
