"""A synthetic subdistrict with its sensors and its errors: it writes files and sends readings, and nothing imports it."""
