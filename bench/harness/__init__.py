"""What the measurements of bench/ share: processes, load, the gateways compared, and tables."""
