"""A synthetic subdistrict with its sensors and errors: it writes files and sends readings, and nothing imports it."""
