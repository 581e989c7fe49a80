"""What can happen to traces: received, folded into files, merged, forgotten."""
