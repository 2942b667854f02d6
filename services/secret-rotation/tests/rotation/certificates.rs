//! An authority of the test's own, and a certificate for `localhost` from it.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Where the three files lie.
pub(crate) struct Certificates {
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Makes them in a folder.
pub(crate) fn make(folder: &Path) -> Certificates {
    fs::create_dir_all(folder).expect("a folder can be made");
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).expect("signs").pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned()];
    let certificate = CertificateParams::new(names).expect("a name");
    let certificate = certificate.signed_by(&key, &issuer).expect("signs").pem();
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file can be written");
        path
    };
    Certificates {
        authority: write("authority.pem", authority_pem),
        certificate: write("certificate.pem", certificate),
        key: write("key.pem", key.serialize_pem()),
    }
}
