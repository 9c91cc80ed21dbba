//! Where the thing under the cursor is declared, and what it is an instance of.

use super::context::Context;
use super::element::element;
use super::{Analysis, FilePosition, Place, links, variables};

/// Where the thing at `position` is declared.
pub fn definition(analysis: &Analysis, position: FilePosition) -> Option<Place> {
    let file = analysis.file(position.file)?;
    if let Some(found) = variables::at(file, position) {
        return variables::definition(analysis, position.file, &found);
    }
    let paths = links::paths(file).into_iter();
    let mut own = paths.filter(|(range, _)| range.start <= position.offset && position.offset <= range.end);
    if let Some((_, path)) = own.next() {
        return Some(Place::File(path));
    }
    let context = Context::at(analysis, file, position.offset)?;
    let offset = context.offset(position.offset)?;
    let place = element(&context, offset)?.place(&context)?;
    Some(Place::Proto(Box::new(place)))
}

/// The message or enum that the thing at `position` is of.
pub fn type_definition(analysis: &Analysis, position: FilePosition) -> Option<Place> {
    let file = analysis.file(position.file)?;
    let context = Context::at(analysis, file, position.offset)?;
    let offset = context.offset(position.offset)?;
    let place = element(&context, offset)?.of_type()?.place(&context)?;
    Some(Place::Proto(Box::new(place)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{FILE, fixture, folder};
    use crate::schema::print::print;
    use expect_test::{Expect, expect};

    /// Shows where a place is: the line of a file, or the line of the printed proto with the name marked.
    fn show(analysis: &Analysis, place: Option<Place>) -> String {
        match place {
            None => "nothing\n".to_owned(),
            Some(Place::Open { range, .. }) => {
                let text = analysis.file(FILE).unwrap().source.text().to_string();
                let line = text[..range.start].matches('\n').count();
                format!("line {line}: {}\n", &text[range])
            }
            Some(Place::Closed { path, range }) => format!("{} {range:?}\n", path.display()),
            Some(Place::Indexed { path, range }) => format!("{} {range:?}\n", path.display()),
            Some(Place::File(path)) => format!("{}\n", path.display()),
            Some(Place::Proto(place)) => {
                let printed = print(&place.file, &place.source_info, "Generated.");
                let range = printed.place(&place.path).unwrap();
                let text = &printed.text;
                let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
                let end = text[range.end..].find('\n').unwrap() + range.end;
                let span = place
                    .span
                    .map(|span| format!("{}:{}", span.start.line, span.start.column));
                format!(
                    "{} {}, {}: {}[{}]{}\n",
                    place.file.name(),
                    span.unwrap_or_default(),
                    place.origin,
                    text[line..range.start].trim_start(),
                    &text[range.clone()],
                    &text[range.end..end]
                )
            }
        }
    }

    fn check(text: &str, expected: Expect) {
        let (analysis, position) = fixture(text);
        let own = show(&analysis, definition(&analysis, position));
        let of_type = show(&analysis, type_definition(&analysis, position));
        expected.assert_eq(&format!("{own}{of_type}"));
    }

    #[test]
    fn an_endpoint_leads_to_its_service_and_its_method() {
        check(
            "--- ENDPOINT ---\nshop.Ord$0ers/Create\n",
            expect![[r#"
                shop.proto 9:8, reflection of localhost:4770: service [Orders] {
                nothing
            "#]],
        );
        check(
            "--- ENDPOINT ---\nshop.Orders/Cre$0ate\n",
            expect![[r#"
                shop.proto 11:6, reflection of localhost:4770: rpc [Create](Order) returns (Reply);
                shop.proto 34:8, reflection of localhost:4770: message [Reply] {
            "#]],
        );
        check(
            "--- ENDPOINT ---\nshop.Orders/No$0ne\n",
            expect![[r#"
            nothing
            nothing
        "#]],
        );
    }

    #[test]
    fn bodies_lead_to_fields_and_values() {
        let request = |body: &str| format!("--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{body}\n");
        check(
            &request("{ \"items\": [{ \"part$0\": {} }] }"),
            expect![[r#"
                shop.proto 31:54, reflection of localhost:4770: Item [part] = 3;
                shop.proto 31:8, reflection of localhost:4770: message [Item] {
            "#]],
        );
        check(
            &request("{ \"gifts$0\": {} }"),
            expect![[r#"
                shop.proto 21:20, reflection of localhost:4770: map<string, Item> [gifts] = 4;
                shop.proto 31:8, reflection of localhost:4770: message [Item] {
            "#]],
        );
        check(
            &request("{ \"status\": \"OP$0EN\" }"),
            expect![[r#"
                shop.proto 35:38, reflection of localhost:4770: [OPEN] = 1;
                shop.proto 35:5, reflection of localhost:4770: enum [Status] {
            "#]],
        );
        check(
            &request("{ \"created_at$0\": \"\" }"),
            expect![[r#"
                shop.proto 25:28, reflection of localhost:4770: google.protobuf.Timestamp [created_at] = 9;
                google/protobuf/timestamp.proto , reflection of localhost:4770: message [Timestamp] {
            "#]],
        );
        check(
            &request("{ \"card\": \"x$0\" }"),
            expect![[r#"
            nothing
            nothing
        "#]],
        );
    }

    #[test]
    fn paths_in_expressions_lead_to_fields() {
        let call = "--- ENDPOINT ---\nshop.Orders/Create\n--- REQUEST ---\n{}\n";
        check(
            &format!("{call}--- ASSERTS ---\n.order.items | map(.na$0me) | length > 1\n"),
            expect![[r#"
                shop.proto 31:22, reflection of localhost:4770: string [name] = 1;
                nothing
            "#]],
        );
        check(
            &format!("{call}--- EXTRACT ---\nid = .order.sta$0tus\n"),
            expect![[r#"
                shop.proto 20:9, reflection of localhost:4770: Status [status] = 3;
                shop.proto 35:5, reflection of localhost:4770: enum [Status] {
            "#]],
        );
        check(
            &format!("{call}--- EXTRACT ---\no = .order\n{call}--- ASSERTS ---\n$o.items | any(.na$0me == \"a\")\n"),
            expect![[r#"
                shop.proto 31:22, reflection of localhost:4770: string [name] = 1;
                nothing
            "#]],
        );
        check(
            &format!("{call}--- ASSERTS ---\n.order.status == \"OP$0EN\"\n"),
            expect![[r#"
                shop.proto 35:38, reflection of localhost:4770: [OPEN] = 1;
                shop.proto 35:5, reflection of localhost:4770: enum [Status] {
            "#]],
        );
    }

    #[test]
    fn variables_lead_to_what_sets_them() {
        let chain = "--- DATASET ---\n- n: 1\n  id: 2\n--- ENDPOINT ---\na/B\n--- EXTRACT ---\nid = .id\n--- ENDPOINT ---\na/C\n--- REQUEST ---\n";
        check(
            &format!("{chain}{{\"x\": \"{{{{ i$0d }}}}\"}}\n"),
            expect![[r#"
            line 6: id
            nothing
        "#]],
        );
        check(
            &format!("{chain}{{\"x\": \"{{{{ dataset.i$0d }}}}\"}}\n"),
            expect![[r#"
                line 2: id
                nothing
            "#]],
        );
        check(
            &format!("{chain}{{\"x\": \"{{{{ datas$0et.id }}}}\"}}\n"),
            expect![[r#"
            line 2: id
            nothing
        "#]],
        );
        check(
            &format!("{chain}{{}}\n--- EXTRACT ---\nid = .x\n--- ASSERTS ---\n.x == $0$id\n"),
            expect![[r#"
            line 12: id
            nothing
        "#]],
        );
        check(
            &format!("{chain}{{\"x\": \"{{{{ oth$0er }}}}\"}}\n"),
            expect![[r#"
            nothing
            nothing
        "#]],
        );
    }

    #[test]
    fn a_name_of_the_setup_leads_there() {
        let test = "--- ENDPOINT ---\na/B\n--- REQUEST ---\n{\"x\": \"{{ to$0ken }}\"}\n";
        let setup = "--- ENDPOINT ---\na/Login\n--- EXTRACT ---\ntoken = .a\n--- ENDPOINT ---\na/B\n--- EXTRACT ---\ntoken = .token\n";
        let (analysis, position) = folder(&[("a.gctf", test)], &[("_setup.gctf", setup)]);
        expect![[r#"
            /t/_setup.gctf 89..94
        "#]]
        .assert_eq(&show(&analysis, definition(&analysis, position)));
    }

    #[test]
    fn a_path_leads_to_its_file() {
        check(
            "--- PROTO ---\nfiles: a.proto, sub/b$0.proto\n--- ENDPOINT ---\na/B\n",
            expect![[r#"
            ./sub/b.proto
            nothing
        "#]],
        );
        check(
            "--- TLS ---\n{ \"certificates\": { \"ca_cert\": \"c$0a.pem\" } }\n--- ENDPOINT ---\na/B\n",
            expect![[r#"
            ./ca.pem
            nothing
        "#]],
        );
    }
}
