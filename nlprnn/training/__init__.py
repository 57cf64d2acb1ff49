"""Training of any `nn.Module`: the loop, its checkpoints, schedules, losses, scores and reports."""
