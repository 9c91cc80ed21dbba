[
  (object)
  (array)
] @indent.begin

[
  "}"
  "]"
] @indent.branch @indent.end

(header) @indent.zero
(comment) @indent.ignore
