//! A gateway over TLS, with certificates made here.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::people::{ask, configure, fate, last_error, site};
use super::scripted::{Act, Gateway};
use crate::site::Site;

fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// An authority, and a certificate of it for this name.
fn certificate(folder: &Path, name: &str) -> [PathBuf; 3] {
    openssl(folder, "ecparam -name prime256v1 -genkey -noout -out ca.key");
    openssl(folder, "req -x509 -new -key ca.key -subj /CN=authority -days 2 -out ca.pem");
    openssl(folder, "ecparam -name prime256v1 -genkey -noout -out it.key");
    openssl(
        folder,
        &format!("req -new -key it.key -subj /CN=gateway -out it.csr -addext subjectAltName={name}"),
    );
    openssl(
        folder,
        "x509 -req -in it.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out it.pem",
    );
    ["ca.pem", "it.pem", "it.key"].map(|file| folder.join(file))
}

fn asking(port: u16, ca_file: Option<&Path>) -> Site {
    let site = site("");
    let trust = ca_file.map(|path| format!("ca_file = \"{}\"", path.display())).unwrap_or_default();
    let url = format!("url = \"https://localhost:{port}/?to={{{{to}}}}&text={{{{text}}}}\"");
    configure(&site, &format!("transport = \"http\"\n{url}\n{trust}"));
    ask(&site);
    site
}

const YES: Act = Act::Answer("202 Accepted", "", String::new());
const DOUBT: &str = "agree on TLS with the server: ";

#[test]
fn a_gateway_is_trusted_by_the_authority_that_the_config_names() {
    let folder = tempfile::tempdir().unwrap();
    let [ca, certificate, key] = certificate(folder.path(), "DNS:localhost");
    let gateway = Gateway::over_tls(&[YES], &certificate, &key);
    assert_eq!(fate(&asking(gateway.port, Some(&ca))).0, "sent");
    assert_eq!(gateway.asked().len(), 1);
    let stranger = asking(gateway.port, None);
    assert_eq!(
        last_error(&stranger),
        format!("{DOUBT}its certificate is from an authority that is not trusted here")
    );
    assert_eq!(gateway.asked().len(), 1, "nothing was said to it");
}

#[test]
fn a_certificate_for_another_name_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let [ca, certificate, key] = certificate(folder.path(), "DNS:elsewhere.example");
    let gateway = Gateway::over_tls(&[YES], &certificate, &key);
    let site = asking(gateway.port, Some(&ca));
    assert_eq!(last_error(&site), format!("{DOUBT}its certificate is for another name"));
    assert!(gateway.asked().is_empty());
}

#[test]
fn a_server_in_the_clear_is_none_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let [ca, ..] = certificate(folder.path(), "DNS:localhost");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"220 this is a mail server\r\n");
        }
    });
    let site = asking(port, Some(&ca));
    assert_eq!(last_error(&site), format!("{DOUBT}the server does not speak TLS there"));
}
