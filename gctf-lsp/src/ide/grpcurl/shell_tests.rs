//! Words that are read and written.

use super::*;

fn shown(text: &str) -> String {
    let Some(line) = line(text) else {
        return "unfinished".to_owned();
    };
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Variable(name) => format!("<{name}>"),
        Piece::Code(code) => format!("<<{code}>>"),
    };
    let word = |word: &Word| word.iter().map(piece).collect::<String>();
    let tokens = line.tokens.iter().map(|(token, _)| match token {
        Token::Word(text) => format!("[{}]", word(text)),
        Token::Operator(operator) => operator.clone(),
        Token::Comment => "#".to_owned(),
        Token::Input(text) => format!("input[{}]", word(text)),
    });
    let tokens: Vec<_> = tokens.collect();
    format!("{} then {:?}", tokens.join(" "), &text[line.end..])
}

#[test]
fn lines_are_read() {
    for (text, tokens) in [
        ("a 'b c' \"d\"e\n f", "[a] [b c] [de] then \"\\n f\""),
        ("a \\\n b\\\nc \\ \t\r\n d", "[a] [bc] [d] then \"\""),
        (r#"'it'\''s' "\"\$x\a" \" ''"#, r#"[it's] ["$x\a] ["] [] then """#),
        (
            r#"'{"a":"'"$X"'"}' "${Y}z" '$X' $1 $"#,
            r#"[{"a":"<X>"}] [<Y>z] [$X] [$1] [$] then """#,
        ),
        (
            "\"$(cat (x))\" `date` ${X:-1}",
            "[<<$(cat (x))>>] [<<`date`>>] [<<${X:-1}>>] then \"\"",
        ),
        ("a|b && c > d # e 'f\ng", "[a] | [b] && [c] > [d] # then \"\\ng\""),
        ("a#b x=#y", "[a#b] [x=#y] then \"\""),
        (r"$'a\n\'\u00e9\q'", "[a\n'é\\q] then \"\""),
        ("a <<'E' b\n$x\\\nE\nc", "[a] [b] input[$x\\\n] then \"\\nc\""),
        (
            "a << E\n\"$x\" \\$y `z`\nEE\nE",
            "[a] input[\"<x>\" $y <<`z`>>\nEE\n] then \"\"",
        ),
        ("a <<-E\r\n\tx\r\n\tE\r\nb", "[a] input[x\n] then \"\\r\\nb\""),
        ("a <<< 'x y' b", "[a] input[x y] [b] then \"\""),
        ("a \"b\\\r\nc\"", "[a] [bc] then \"\""),
        ("a 'b", "unfinished"),
        ("a \"b", "unfinished"),
        ("a <<E\nb", "unfinished"),
        ("a $(b", "unfinished"),
        ("", " then \"\""),
    ] {
        assert_eq!(shown(text), tokens, "{text}");
    }
}

#[test]
fn words_are_read_back() {
    let text = |text: &str| Piece::Text(text.to_owned());
    let variable = |name: &str| Piece::Variable(name.to_owned());
    for (word, written) in [
        (vec![text("a:b/c.d")], "a:b/c.d"),
        (vec![text("it's \"x\" $y\n")], "'it'\\''s \"x\" $y\n'"),
        (
            vec![text("{\"a\":\""), variable("X"), text("\"}")],
            "'{\"a\":\"'\"$X\"'\"}'",
        ),
        (vec![variable("HOST"), text(":443")], "\"$HOST\":443"),
        (vec![text("")], "''"),
    ] {
        assert_eq!(quoted(&word), written);
        let read = line(written).expect("it ends").tokens;
        assert_eq!(read.len(), 1, "{written}");
        assert_eq!(read[0].0, Token::Word(word));
    }
}

#[test]
fn here_documents_are_read_back() {
    let text = |text: &str| Piece::Text(text.to_owned());
    let plain = vec![text(r#"{"a": "\n$x `EOF` EOF1"}"#)];
    let expanding = vec![text(r#"{"a": "\n$"#), Piece::Variable("x".to_owned()), text("y\"}")];
    for (lines, redirection) in [
        (vec![plain.clone()], "<<'EOF2'"),
        (vec![plain, expanding], "<<EOF2"),
        (vec![vec![text("{}")], vec![text("{}")]], "<<'EOF'"),
    ] {
        let (written, body) = here_document(&lines);
        assert_eq!(written, redirection);
        let read = line(&format!("{written}\n{body}\nrest")).expect("it ends");
        let mut whole = Word::new();
        for piece in lines.into_iter().flat_map(|line| line.into_iter().chain([text("\n")])) {
            match piece {
                Piece::Text(text) => push(&mut whole, &text),
                other => whole.push(other),
            }
        }
        assert_eq!(read.tokens[0].0, Token::Input(whole));
    }
}
