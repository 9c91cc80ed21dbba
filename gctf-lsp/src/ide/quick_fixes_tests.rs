//! One line per fix: the text, its titles, and the text afterwards.

use super::super::testing::{FILE, fixture};
use super::quick_fixes;

/// `titles => line` for the first fix of each title at `$0`; lines that changed, `⏎` between them.
fn fixed(text: &str) -> Vec<String> {
    let (analysis, position) = fixture(text);
    let before = text.replacen("$0", "", 1);
    let fixes = quick_fixes(&analysis, FILE, position.offset..position.offset);
    let draw = |fix: &super::QuickFix| {
        let after = crate::text::apply(&before, &fix.edits);
        let old: Vec<_> = before.lines().collect();
        let new: Vec<_> = after.lines().collect();
        let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let rest = old[same..].iter().rev().zip(new[same..].iter().rev());
        let tail = rest.take_while(|(old, new)| old == new).count();
        format!("{} => {}", fix.title, new[same..new.len() - tail].join("⏎"))
    };
    fixes.iter().map(draw).collect()
}

/// A call with `body` in place of its sections.
fn call(sections: &str) -> String {
    format!("--- ENDPOINT ---\nshop.Orders/Create\n{sections}--- RESPONSE ---\n{{}}\n")
}

#[test]
fn headers_and_attributes() {
    for (text, expected) in [
        (
            call("--- Re$0quest ---\n{}\n"),
            vec!["Change to REQUEST => --- REQUEST ---"],
        ),
        (
            call("--- REQUEST -$0-\n{}\n"),
            vec!["Change to --- REQUEST --- => --- REQUEST ---"],
        ),
        (
            call("--- REQUEST --- $0# first\n{}\n"),
            vec!["Move the text to a line of its own => --- REQUEST ---⏎# first"],
        ),
        (
            call("--- REQ$0UST ---\n{}\n"),
            vec!["Change to REQUEST => --- REQUEST ---"],
        ),
        (
            call("--- REQUEST n$0ote ---\n{}\n"),
            vec!["Remove `note` => --- REQUEST ---"],
        ),
        (
            call("--- HEA$0DERS ---\na: b\n"),
            vec!["Change to REQUEST_HEADERS => --- REQUEST_HEADERS ---"],
        ),
        (
            call("#[timeout=5$0]\n"),
            vec!["Change to #[timeout(5)] => #[timeout(5)]"],
        ),
        (call("#[time$0ot(5)]\n"), vec!["Change to timeout => #[timeout(5)]"]),
        (call("#[no$0-retry]\n"), vec!["Change to no_retry => #[no_retry]"]),
        (format!("te$0xt\n{}", call("")), vec!["Make it a comment => # text"]),
        (
            "--- ENDPOINT ---\nshop.Orders/Create\n--- RESPONSE parti$0l ---\n{}\n".to_owned(),
            vec!["Change to partial => --- RESPONSE partial ---"],
        ),
        (
            "--- END$0POINT ---\nshop.Orders/Create\n".to_owned(),
            vec!["Add section RESPONSE => ⏎--- RESPONSE ---⏎{}"],
        ),
        (
            "--- RES$0PONSE ---\n{}\n".to_owned(),
            vec!["Add section ENDPOINT => --- ENDPOINT ---⏎package.Service/Method⏎"],
        ),
        (
            "--- ENDPOINT ---\nshop.Orders$0.Create\n--- RESPONSE ---\n{}\n".to_owned(),
            vec!["Change to shop.Orders/Create => shop.Orders/Create"],
        ),
        (
            "--- ENDPOINT ---\nshop.Orders/Create\n--- ERR$0OR ---\n".to_owned(),
            vec!["Add {} => --- ERROR partial ---⏎{}"],
        ),
        (
            "--- ENDPOINT ---\nshop.Orders/Create\n--- RESP$0ONSE ---\n".to_owned(),
            vec!["Add {} => {}"],
        ),
    ] {
        assert_eq!(fixed(&text), expected, "{text}");
    }
}

#[test]
fn bodies() {
    for (text, expected) in [
        (
            call("--- OPTIONS ---\ntimeot$0: 5\n"),
            vec!["Change to timeout => timeout: 5"],
        ),
        (
            call("--- OPTIONS ---\ntimeout: 5\ntime$0out: 6\n"),
            vec!["Remove this line => "],
        ),
        (
            call("--- OPTIONS ---\ntimeout$0 5\n"),
            vec!["Make it a comment => # timeout 5"],
        ),
        (
            call("--- TLS ---\nserver_name: $0\"a\"\n"),
            vec!["Change to a => server_name: a"],
        ),
        (
            call("--- TLS ---\nserver_name: a $0# why\n"),
            vec!["Move the comment to a line of its own => # why⏎server_name: a"],
        ),
        (
            call("--- REQUEST ---\n{\"paid\": true$0 \"total\": \"1\"}\n"),
            vec!["Insert `,` => {\"paid\": true, \"total\": \"1\"}"],
        ),
        (
            call("--- REQUEST ---\n{\"total\": $0{{ n }}}\n"),
            vec!["Change to \"{{ n }}\" => {\"total\": \"{{ n }}\"}"],
        ),
        (
            call("--- REQUEST ---\n{\"paid\": Tr$0ue}\n"),
            vec!["Change to true => {\"paid\": true}"],
        ),
        (
            call("--- REQUEST ---\n{\n  \"p$0aid\": true,\n  \"paid\": false\n}\n"),
            vec!["Remove the first \"paid\" => "],
        ),
        (
            call("--- REQUEST ---\n{\"card\": \"a\", \"ca$0sh\": {}}\n"),
            vec![
                "Remove \"cash\" => {\"card\": \"a\", }",
                "Keep \"cash\" of oneof payment => {\"cash\": {}}",
            ],
        ),
        (
            call("--- REQUEST ---\n{\"total\": \"{{ $0itm }}\"}\n").replace(
                "--- REQUEST",
                "--- RESPONSE ---\n{}\n--- EXTRACT ---\nitem = .id\n--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST",
            ),
            vec!["Change to item => {\"total\": \"{{ item }}\"}"],
        ),
    ] {
        assert_eq!(fixed(&text), expected, "{text}");
    }
}

#[test]
fn expressions() {
    let line = |line: &str| call("").replace("--- RESPONSE ---\n{}\n", &format!("--- ASSERTS ---\n{line}\n"));
    for (text, expected) in [
        (
            line("to$0ken == \"x\""),
            vec![
                "Change to .token => .token == \"x\"",
                "Change to \"token\" => \"token\" == \"x\"",
            ],
        ),
        (
            line(".a | lenght$0 == 2"),
            vec![
                "Change to length => .a | length == 2",
                "Change to .lenght => .a | .lenght == 2",
                "Change to \"lenght\" => .a | \"lenght\" == 2",
            ],
        ),
        (line("@is_uid$0(.a)"), vec!["Change to @is_uuid => @is_uuid(.a)"]),
        (line("@uuid$0(.a)"), vec!["Change to @is_uuid => @is_uuid(.a)"]),
        (line(".a:numbr$0 == 1"), vec!["Change to number => .a:number == 1"]),
        (line(".a $0= 1"), vec!["Change to == => .a == 1"]),
        (line(".a &$0& .b"), vec!["Change to and => .a and .b"]),
        (line(".a == $0'x y'"), vec!["Change to \"x y\" => .a == \"x y\""]),
        (line(".a == \"$0{{ id }}\""), vec!["Change to $id => .a == $id"]),
        (line(".a == 1 /$0/ TODO"), vec!["Begin it with # => .a == 1 # TODO"]),
        (
            line(".m | length == 2 an$0d .total == 2"),
            vec!["Add parentheses => (.m | length == 2) and .total == 2"],
        ),
        (
            line(".total == 2 an$0d .m | length == 2"),
            vec!["Add parentheses => .total == 2 and (.m | length == 2)"],
        ),
        (
            line(".flag // false =$0= false"),
            vec!["Add parentheses => (.flag // false) == false"],
        ),
        (line(".a == .b =$0= .c"), vec!["Add parentheses => (.a == .b) == .c"]),
        (line("not$0 .a == 1"), vec!["Add parentheses => not (.a == 1)"]),
        (line(".a == 1\n.a $0== 1"), vec!["Remove this line => "]),
    ] {
        assert_eq!(fixed(&text), expected, "{text}");
    }
}
