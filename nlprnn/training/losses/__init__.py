"""Loss functions: (model, batch, carried state) -> `LossOutput`."""
