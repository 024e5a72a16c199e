"""The ground: lengths, areas and projections on WGS 84 and UTM 42N."""
