"""The API's endpoints about changes, exports and keys; those about things stand in the apps that hold them."""
