"""The bill of materials: what production is made of, in CycloneDX."""
