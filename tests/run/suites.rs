//! More than one file: rows, fixtures, retries, and what the command line chooses.

use crate::mock::shapes::PROTO;
use crate::support::servers::Servers;
use crate::support::{gctf, stderr, stdout, workspace};
use gctf_lsp::ide::FileId;
use gctf_lsp::run::RunItem;
use gctf_lsp::syntax::SourceFile;

const STUBS: &str = r#"
- { service: Shapes, method: One, input: { matches: { text: "^ok" } }, output: { data: { text: OK } } }
- { service: Shapes, method: One, input: { equals: { text: seven, number: 7 } }, output: { data: { text: SEVEN } } }
- { service: Shapes, method: One, input: { equals: { text: flaky } }, options: { times: 2 }, output: { error: not yet, code: 14 } }
- { service: Shapes, method: One, input: { equals: { text: flaky } }, output: { data: { text: OK } } }
- { service: Shapes, method: One, input: { equals: { text: down } }, output: { error: away, code: 14 } }
- { service: Shapes, method: One, input: { equals: { text: slow } }, output: { data: { text: OK }, delay: 1h } }
"#;

/// A suite in a folder of its own, served by a mock.
pub(super) struct Suite {
    pub(super) servers: Servers,
    _mock: gctf_lsp::mock::RunningMock,
    pub(super) port: u16,
}

impl Suite {
    pub(super) fn new() -> Self {
        let servers = Servers::new();
        let (mock, port) = servers.of(PROTO, STUBS, None);
        Self {
            servers,
            _mock: mock,
            port,
        }
    }

    /// Writes a test that sends `text` to `One`, with `head` in front.
    pub(super) fn test(&self, name: &str, head: &str, text: &str, rest: &str) {
        let port = self.port;
        let path = self.servers.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        self.servers.write(
            name,
            &format!(
                "{head}--- ADDRESS ---\nlocalhost:{port}\n\n--- ENDPOINT ---\ns.Shapes/One\n\n--- REQUEST ---\n{text}\n\n{rest}\n"
            ),
        );
    }

    /// The lines of a run that name tests, codes and totals, without durations; then the exit code.
    pub(super) fn run(&self, arguments: &[&str]) -> String {
        let output = gctf(self.servers.path(), &[&["run"], arguments].concat());
        let mut lines: Vec<String> = Vec::new();
        for line in stdout(&output).lines() {
            let is_title = ["✓", "✗", "○", "-", "  line ", "error[", "note["]
                .iter()
                .any(|mark| line.starts_with(mark));
            if is_title || line.contains(" passed, ") || line.contains(" would run, ") {
                lines.push(line.split(" (").next().unwrap_or(line).to_owned());
            }
        }
        lines.extend(stderr(&output).lines().map(str::to_owned));
        lines.push(format!("exit {}", output.status.code().unwrap_or(-1)));
        lines.join("\n")
    }
}

pub(super) const OK: &str = "--- RESPONSE ---\n{ \"text\": \"OK\" }\n";

#[test]
fn rows_run_one_by_one() {
    let suite = Suite::new();
    let rows = "--- DATASET ---\n- { word: ok1, reply: OK }\n- { word: seven, n: 7, reply: SEVEN }\n- { word: ok2, reply: WRONG }\n\n";
    let rest = "--- RESPONSE ---\n{ \"text\": \"{{dataset.reply}}\" }\n\n--- ASSERTS ---\n.text == $dataset.reply\n";
    suite.test(
        "rows.gctf",
        rows,
        "{ \"text\": \"{{dataset.word}}\", \"number\": 7 }",
        rest,
    );
    assert_eq!(
        suite.run(&["rows.gctf"]),
        "✓ rows.gctf#[row=0 reply=OK word=ok1]
✓ rows.gctf#[row=1 n=7 reply=SEVEN word=seven]
✗ rows.gctf#[row=2 reply=WRONG word=ok2]
error[G501]: $.text: expected \"WRONG\", got \"OK\"
error[G502]: `.text == $dataset.reply`: got \"OK\", expected \"WRONG\"
2 passed, 1 failed
exit 1"
    );
}

#[test]
fn fixtures_stand_around_the_tests_of_their_folder() {
    let suite = Suite::new();
    let setup = format!("{OK}\n--- EXTRACT ---\nword = \"seven\"\n");
    suite.test("a/_setup.gctf", "", "{ \"text\": \"ok\" }", &setup);
    let seven = "--- RESPONSE ---\n{ \"text\": \"SEVEN\" }\n";
    suite.test("a/one.gctf", "", "{ \"text\": \"{{word}}\", \"number\": 7 }", seven);
    suite.test("a/two.gctf", "", "{ \"text\": \"{{word}}\", \"number\": 7 }", seven);
    suite.test("a/_teardown.gctf", "", "{ \"text\": \"{{word}}\", \"number\": 7 }", OK);
    suite.test("a/below/three.gctf", "", "{ \"text\": \"{{word}}\" }", OK);
    suite.test("b/_setup.gctf", "", "{ \"text\": \"ok\" }", "--- RESPONSE ---\n{}\n");
    suite.test("b/four.gctf", "", "{ \"text\": \"ok\" }", OK);
    suite.test("b/_teardown.gctf", "", "{ \"text\": \"ok\" }", OK);
    assert_eq!(
        suite.run(&["-j", "1", "a"]),
        "✗ a/below/three.gctf
error[G514]: no variable \"word\"
✓ a/one.gctf
✓ a/two.gctf
✗ a/_teardown.gctf
error[G501]: $.text: expected \"OK\", got \"SEVEN\"
2 passed, 1 failed
exit 1"
    );
    assert_eq!(
        suite.run(&["b/four.gctf"]),
        "✗ b/_setup.gctf
error[G501]: $.text: unexpected, got \"OK\"
✗ b/four.gctf
error[G520]: not run: `_setup.gctf` of this folder failed
0 passed, 1 failed
exit 1"
    );
    assert_eq!(
        suite.run(&["a/_setup.gctf"]),
        "✓ a/_setup.gctf\n1 passed, 0 failed\nexit 0"
    );
}

#[test]
fn what_is_unavailable_is_tried_again() {
    let options = "--- OPTIONS ---\nretry: 2\nretry_delay: 0\n\n";
    let of = |head: &str, text: &str, rest: &str, arguments: &[&str]| {
        let suite = Suite::new();
        suite.test("t.gctf", head, &format!("{{ \"text\": \"{text}\" }}"), rest);
        suite.run(&[&["t.gctf"], arguments].concat())
    };
    let options_after = format!("{options}{OK}");
    assert_eq!(
        of("", "flaky", &options_after, &[]),
        "✓ t.gctf\nnote[G522]: retried 2 times\n1 passed, 0 failed\nexit 0"
    );
    assert_eq!(
        of("", "flaky", &format!("#[retry_delay(0)]\n{OK}"), &["--retry", "1"]),
        "✗ t.gctf\nerror[G504]: UNAVAILABLE\nnote[G522]: retried once\n0 passed, 1 failed\nexit 1"
    );
    assert_eq!(
        of("", "flaky", &format!("#[no_retry]\n{options_after}"), &[]),
        "✗ t.gctf\nerror[G504]: UNAVAILABLE\n0 passed, 1 failed\nexit 1"
    );
    let error = "--- ERROR ---\n{ \"code\": 14, \"message\": \"away\" }\n";
    assert_eq!(
        of("", "down", &format!("{options}{error}"), &[]),
        "✓ t.gctf\n1 passed, 0 failed\nexit 0"
    );
    let chain = format!(
        "{options}{OK}\n--- EXTRACT ---\nword = \"flaky\"\n\n--- ENDPOINT ---\ns.Shapes/One\n\n--- REQUEST ---\n{{ \"text\": \"{{{{word}}}}\" }}\n\n{OK}"
    );
    assert_eq!(
        of("", "ok", &chain, &[]),
        "✓ t.gctf\nnote[G522]: retried 2 times\n1 passed, 0 failed\nexit 0"
    );
}

#[test]
fn the_command_line_chooses() {
    let suite = Suite::new();
    let ok = "{ \"text\": \"ok\" }";
    suite.test("a.gctf", "--- META ---\nname: first\ntags: [slow, db]\n\n", ok, OK);
    suite.test("b.gctf", "#[tag(slow, net)]\n", ok, OK);
    suite.test("c.gctf", "", "{ \"text\": \"down\" }", OK);
    let two = format!("{OK}\n--- ENDPOINT ---\ns.Shapes/One\n\n--- REQUEST ---\n{{ \"text\": \"down\" }}\n\n{OK}");
    suite.test("d.gctf", "", ok, &two);
    for (arguments, expected) in [
        (
            &["--tags", "slow", "."][..],
            "✓ ./a.gctf\n✓ ./b.gctf\n2 passed, 0 failed\nexit 0",
        ),
        (&["--tags", "slow,db", "."], "✓ ./a.gctf\n1 passed, 0 failed\nexit 0"),
        (
            &["--tags", "slow", "--skip-tags", "db", "."],
            "✓ ./b.gctf\n1 passed, 0 failed\nexit 0",
        ),
        (&["--filter", "first", "."], "✓ ./a.gctf\n1 passed, 0 failed\nexit 0"),
        (&["[ab].gctf"], "✓ a.gctf\n✓ b.gctf\n2 passed, 0 failed\nexit 0"),
        (&["d.gctf:1"], "✓ d.gctf\n1 passed, 0 failed\nexit 0"),
        (
            &["d.gctf:13"],
            "✗ d.gctf\nerror[G504]: UNAVAILABLE\n0 passed, 1 failed\nexit 1",
        ),
        (
            &["--fail-fast", "c.gctf", "a.gctf"],
            "✗ c.gctf\nerror[G504]: UNAVAILABLE\n0 passed, 1 failed\nexit 1",
        ),
        (&["d.gctf:99"], "gctf: d.gctf: the file has 22 lines, not 99\nexit 2"),
        (&["x*.gctf"], "gctf: x*.gctf: matches no file\nexit 2"),
        (
            &["--tags", "none", "."],
            "gctf: no test found: tests are files named *.gctf\nexit 2",
        ),
    ] {
        let arguments = [&["-j", "1"], arguments].concat();
        assert_eq!(suite.run(&arguments), expected, "{arguments:?}");
    }
}

/// Every file of the examples, and of the corpus where it is there, can be planned, whatever is in it.
#[test]
fn what_came_becomes_what_is_expected() {
    let suite = Suite::new();
    let read = |name: &str| std::fs::read_to_string(suite.servers.path().join(name)).expect("the test");
    let request = "{ \"text\": \"ok\" }";
    suite.test(
        "wrong.gctf",
        "# who\n",
        request,
        "--- RESPONSE ---\n{\n  // stays\n  text: 'NO', // stays too\n  \"number\": 7\n}\n\n--- ASSERTS ---\n.text == \"OK\"",
    );
    let before = read("wrong.gctf");
    assert!(suite.run(&["wrong.gctf"]).contains("0 passed, 1 failed"));
    assert_eq!(read("wrong.gctf"), before, "a run changes no file");
    assert_eq!(
        suite.run(&["--update", "wrong.gctf"]).lines().collect::<Vec<_>>(),
        ["1 passed, 0 failed", "exit 0"]
    );
    assert_eq!(
        read("wrong.gctf"),
        before.replace(
            "  text: 'NO', // stays too\n  \"number\": 7\n",
            "  text: \"OK\", // stays too\n"
        )
    );
    assert!(suite.run(&["wrong.gctf"]).contains("1 passed, 0 failed"));

    // What is no difference of a message still fails.
    suite.test(
        "both.gctf",
        "",
        request,
        "--- RESPONSE ---\n{ \"text\": \"NO\" }\n\n--- ASSERTS ---\n.text == \"NO\"",
    );
    let printed = suite.run(&["--update", "both.gctf"]);
    assert!(
        printed.contains("error[G502]") && printed.contains("0 passed, 1 failed"),
        "{printed}"
    );
    assert!(read("both.gctf").contains("{ \"text\": \"OK\" }"));
}

#[test]
fn parts_of_all_tests_make_the_whole() {
    let suite = Suite::new();
    let names: Vec<_> = (0..12).map(|at| format!("t{at}.gctf")).collect();
    for name in &names {
        suite.test(
            name,
            "",
            "{ \"text\": \"ok\" }",
            "--- RESPONSE ---\n{ \"text\": \"OK\" }",
        );
    }
    let ran: Vec<String> = ["1/3", "2/3", "3/3"]
        .iter()
        .flat_map(|part| {
            let printed = suite.run(&["--shard", part, "."]);
            let of_part: Vec<_> = printed
                .lines()
                .filter_map(|line| line.strip_prefix("✓ ").map(str::to_owned))
                .collect();
            of_part
        })
        .collect();
    let mut sorted = ran.clone();
    sorted.sort();
    let mut expected: Vec<_> = names.iter().map(|name| format!("./{name}")).collect();
    expected.sort();
    assert_eq!(sorted, expected);
    // A part without a test is no fault.
    let one = suite.run(&["--shard", "1/2", "t0.gctf"]) + &suite.run(&["--shard", "2/2", "t0.gctf"]);
    assert!(
        one.contains("1 passed, 0 failed") && one.contains("0 passed, 0 failed"),
        "{one}"
    );
    let output = gctf(suite.servers.path(), &["run", "--shard", "3/2", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("write K/N"), "{}", stderr(&output));
}

#[test]
fn an_environment_file_gives_values_that_stay_secret() {
    let suite = Suite::new();
    suite.servers.write("secrets.env", "# comment\nWORD=okay-7391\n");
    suite.test(
        "a.gctf",
        "",
        "{ \"text\": \"{{ env.WORD }}\" }",
        "--- RESPONSE ---\n{ \"text\": \"{{ env.WORD }}\" }",
    );
    let output = gctf(suite.servers.path(), &["run", "--env-file", "secrets.env", "a.gctf"]);
    let printed = stdout(&output);
    assert!(printed.contains("got \"OK\""), "{printed}");
    assert!(!printed.contains("7391") && printed.contains("***"), "{printed}");

    suite.servers.write("broken.env", "no equals sign 4711\n");
    for (file, message) in [
        ("broken.env", "broken.env: write NAME=value"),
        ("nowhere.env", "nowhere.env: "),
    ] {
        let output = gctf(suite.servers.path(), &["run", "--env-file", file, "a.gctf"]);
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(said.contains(message) && !said.contains("4711"), "{said}");
    }
}

#[test]
fn an_environment_of_gctf_toml_is_chosen_by_name() {
    let suite = Suite::new();
    let servers = &suite.servers;
    servers.write("gctf.toml", "[environments]\ndev = 'dev.env'\nbad = 'bad.env'\n");
    servers.write("dev.env", "WORD=okay-7391\n");
    servers.write("first.env", "WORD=nothing-of-it\n");
    servers.write("bad.env", "WORD okay\n");
    suite.test("a.gctf", "", "{ \"text\": \"{{ env.WORD }}\" }", OK);
    for (flags, expected) in [
        (&["--environment", "dev"][..], "✓ a.gctf\n1 passed, 0 failed\nexit 0"),
        (
            &["--environment", "dev", "--env-file", "first.env"],
            "✗ a.gctf\nerror[G504]: NOT_FOUND",
        ),
        (&[], "✗ a.gctf\nerror[G514]"),
        (
            &["--environment", "bad"],
            "gctf: bad.env: write NAME=value (column 5 of a line)\nexit 2",
        ),
        (
            &["--environment", "dve"],
            "gctf: no environment \"dve\": gctf.toml has bad, dev\nexit 2",
        ),
    ] {
        let printed = suite.run(&[flags, &["a.gctf"]].concat());
        assert!(printed.starts_with(expected), "{flags:?}: {printed}");
    }
}

#[test]
fn the_import_roots_of_gctf_toml_and_buf() {
    let suite = Suite::new();
    let servers = &suite.servers;
    std::fs::create_dir_all(servers.path().join("tests")).expect("a folder");
    std::fs::create_dir_all(servers.path().join("roots/s")).expect("a folder");
    servers.write("roots/s/shapes.proto", PROTO);
    servers.write(
        "tests/entry.proto",
        "syntax = \"proto3\";\nimport public \"s/shapes.proto\";\n",
    );
    let proto = "--- PROTO ---\nfiles: entry.proto\n\n";
    suite.test("tests/a.gctf", proto, "{ \"text\": \"ok\" }", OK);
    assert_eq!(suite.run(&["tests"]).lines().last(), Some("exit 1"));
    let check = || {
        gctf(servers.path(), &["check", "--schema", "snapshot", "tests"])
            .status
            .code()
    };
    assert_eq!(check(), Some(1));
    servers.write("tests/gctf.toml", "schema.protoRoots = ['../roots']\n");
    assert_eq!(suite.run(&["tests"]), "✓ tests/a.gctf\n1 passed, 0 failed\nexit 0");
    assert_eq!(check(), Some(0));
    servers.write("tests/gctf.toml", "");
    servers.write("buf.yaml", "version: v2\nmodules:\n  - path: roots\n");
    assert_eq!(suite.run(&["tests"]), "✓ tests/a.gctf\n1 passed, 0 failed\nexit 0");
    assert_eq!(check(), Some(0));
}

#[test]
fn the_timeout_of_gctf_toml() {
    let suite = Suite::new();
    suite.servers.write("gctf.toml", "[run]\ntimeoutSeconds = 1\n");
    suite.test("a.gctf", "", "{ \"text\": \"slow\" }", OK);
    for (flags, waited) in [(&[][..], "1 s"), (&["--timeout", "2"], "2 s")] {
        let printed = stdout(&gctf(suite.servers.path(), &[&["run"], flags, &["a.gctf"]].concat()));
        assert!(printed.contains(&format!("within {waited}")), "{printed}");
    }
}

#[test]
fn every_real_file_is_planned() {
    for folder in ["examples", "../shared/corpus"] {
        let files = ignore::Walk::new(workspace().join(folder)).filter_map(Result::ok);
        let tests = files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "gctf"));
        for entry in tests {
            let bytes = std::fs::read(entry.path()).expect("a file");
            let source = SourceFile::new(&String::from_utf8_lossy(&bytes));
            let rows = source.rows();
            let item = RunItem {
                file: FileId(0),
                source,
                path: Some(entry.path().to_owned()),
                documents: None,
                data: None,
                settings: None,
            };
            assert!(!item.planned().is_empty(), "{}", entry.path().display());
            for row in rows {
                let name = item.name(Some(row.index));
                assert!(name.ends_with(&item.label(&row)), "{name}");
            }
        }
    }
}
