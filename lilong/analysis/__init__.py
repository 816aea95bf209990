"""Pure computing over tables and arrays; knows no database and no Django."""
