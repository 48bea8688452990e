//! Certificates for servers on this machine, made once by openssl.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

/// A folder with authorities and servers' certificates, for as long as the tests run.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["ca", "stranger"] {
        openssl(
            at,
            &format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN={name} \
                 -keyout {name}.key -out {name}.pem -addext basicConstraints=critical,CA:TRUE"
            ),
        );
    }
    let here = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    issue(at, "server", "ca", here, TODAY);
    issue(at, "foreign", "stranger", here, TODAY);
    issue(at, "elsewhere", "ca", "subjectAltName=DNS:mail.example.org", TODAY);
    issue(at, "expired", "ca", here, LONG_AGO);
    // What people make by themselves: as openssl does it when told no more, as a server's, and of the first version.
    let alone = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost";
    openssl(at, &format!("{alone} -keyout plain.key -out plain.pem"));
    openssl(
        at,
        &format!(
            "{alone} -keyout own.key -out own.pem -addext basicConstraints=critical,CA:FALSE -addext {here}"
        ),
    );
    openssl(at, "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out first.pem");
    std::fs::copy(at.join("server.key"), at.join("first.key")).unwrap();
    // An authority whose time is over; its certificate was made long ago.
    openssl(at, "req -new -key ca.key -subj /CN=ca -out old.csr");
    long_ago(at, "x509 -req -in old.csr -signkey ca.key -days 30 -out old.pem");
    folder
});

/// Made so long ago that it has expired.
const LONG_AGO: bool = true;
const TODAY: bool = false;

fn issue(at: &Path, name: &str, authority: &str, names: &str, when: bool) {
    std::fs::write(at.join("extensions"), names).unwrap();
    let key = "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(at, &format!("{key} -subj /CN={name} -keyout {name}.key -out {name}.csr"));
    let sign = if when == LONG_AGO { long_ago } else { openssl };
    sign(
        at,
        &format!(
            "x509 -req -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days 30 \
             -extfile extensions -out {name}.pem"
        ),
    );
}

fn openssl(at: &Path, arguments: &str) {
    run(Command::new("openssl").args(arguments.split_whitespace()).current_dir(at));
}

fn long_ago(at: &Path, arguments: &str) {
    run(Command::new("faketime")
        .args(["90 days ago", "openssl"])
        .args(arguments.split_whitespace())
        .current_dir(at));
}

fn run(command: &mut Command) {
    let made = command.output().unwrap();
    assert!(made.status.success(), "{command:?}: {}", String::from_utf8_lossy(&made.stderr));
}

/// A file of the folder: `ca.pem` is the authority that tests trust.
pub(crate) fn file(name: &str) -> PathBuf {
    FOLDER.path().join(name)
}

/// A server that shows this certificate.
pub(crate) fn server(name: &str) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(file(&format!("{name}.pem"))).unwrap().map(Result::unwrap);
    let key = PrivateKeyDer::from_pem_file(file(&format!("{name}.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // Unlike `with_single_cert`, this takes what no client would.
    let key = provider.key_provider.load_private_key(key).unwrap();
    let shown = SingleCertAndKey::from(CertifiedKey::new(chain.collect(), key));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown));
    Arc::new(config)
}
