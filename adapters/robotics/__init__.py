"""Any 3D skeleton or marker sequence becomes BODY21 with measured and inferred marks."""
