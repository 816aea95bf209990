"""Where they live: streets, estates, buildings, stairs and homes, in metres first and in WGS-84 at the end."""
