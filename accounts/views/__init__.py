"""Pages about oneself, one's team and one's company."""
