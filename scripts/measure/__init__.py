"""What the measuring scripts share: servers of their own, load, processor time, tables."""
