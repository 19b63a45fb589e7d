"""What every proposal from residents' words needs: one form of a text, a linear model, learning, stripping."""
