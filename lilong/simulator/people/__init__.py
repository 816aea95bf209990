"""Who lives in the simulated subdistrict: households, names, numbers, owners and contacts."""
