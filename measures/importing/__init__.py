"""From a file to a published version: receiving, reading, asking, comparing, publishing (acts on PlanImport rows)."""
