//! The digest that a file is known by, without a library of ours or others.

/// SHA-256 (FIPS 180-4), whose constants are the fractions of roots of the first primes.
pub(crate) fn sha_256(bytes: &[u8]) -> String {
    let primes: Vec<u32> = (2..312).filter(|n| (2..*n).all(|of| n % of != 0)).collect();
    let k: Vec<u32> = primes.iter().map(|prime| fraction(u128::from(*prime), 3)).collect();
    let mut hash: Vec<u32> =
        primes.iter().take(8).map(|prime| fraction(u128::from(*prime), 2)).collect();
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - bytes.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let end = padded.len() - 8;
    padded[end..].copy_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
    for block in padded.chunks(64) {
        let mut w: Vec<u32> = block
            .chunks(4)
            .map(|word| u32::from_be_bytes(word.try_into().expect("four bytes")))
            .collect();
        for t in 16..64 {
            let (x, y) = (w[t - 15], w[t - 2]);
            let small = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
            let large = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
            w.push(w[t - 16].wrapping_add(small).wrapping_add(w[t - 7]).wrapping_add(large));
        }
        let mut v = hash.clone();
        for t in 0..64 {
            let (a, e) = (v[0], v[4]);
            let large = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & v[5]) ^ (!e & v[6]);
            let first = [large, choice, k[t], w[t]].into_iter().fold(v[7], u32::wrapping_add);
            let small = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let second = small.wrapping_add((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(first);
            v[0] = first.wrapping_add(second);
        }
        hash.iter_mut().zip(v).for_each(|(sum, part)| *sum = sum.wrapping_add(part));
    }
    hash.iter().map(|word| format!("{word:08x}")).collect()
}

/// The first 32 bits behind the point of a square or cube root.
pub(crate) fn fraction(number: u128, root: u32) -> u32 {
    let target = number << (32 * root);
    let (mut low, mut high) = (0_u128, 1 << 40);
    while high - low > 1 {
        let middle = (low + high) / 2;
        let fits = middle.checked_pow(root).is_some_and(|power| power <= target);
        (low, high) = if fits { (middle, high) } else { (low, middle) };
    }
    low as u32
}

#[test]
fn the_digest_of_the_oracle_is_the_standards() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha_256(b"abc"), abc);
    let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    let expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
    assert_eq!(sha_256(two_blocks), expected);
}
