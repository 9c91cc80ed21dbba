//! Compiles the generated parser and the scanner.

fn main() {
    let mut build = cc::Build::new();
    build
        .std("c11")
        .include("src")
        .flag_if_supported("-Wno-unused-parameter");
    // A debug build of the tables makes every test slow and helps nobody.
    build.opt_level(2);
    for file in ["src/parser.c", "src/scanner.c"] {
        build.file(file);
        println!("cargo:rerun-if-changed={file}");
    }
    build.compile("tree-sitter-gctf");
}
