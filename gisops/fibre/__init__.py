"""The fibre network as a graph that can be asked questions."""
