"""PostgreSQL and Valkey from wheels, for laptops and tests: started here, never as root, heard by this machine only."""
