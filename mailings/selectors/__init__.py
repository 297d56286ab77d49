"""What pages about mail show: how often members are told, marketing mail, and staff’s pages."""
