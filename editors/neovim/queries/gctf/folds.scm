[
  (section)
  (near_miss_section)
  (object)
  (array)
] @fold
