"""What may be shown of a few councils: nothing that gives one of them away."""
