; A section is what a function is elsewhere.
(section) @function.outer
(section body: (_) @function.inner)

(object) @class.outer
(array) @class.outer

(pair value: (_) @assignment.rhs) @assignment.outer
(pair key: (_) @assignment.lhs)
(entry value: (_) @assignment.rhs) @assignment.outer
(entry key: (_) @assignment.lhs)
(extraction value: (_) @assignment.rhs) @assignment.outer
(extraction name: (_) @assignment.lhs)

(expression) @statement.outer
(comment) @comment.outer
