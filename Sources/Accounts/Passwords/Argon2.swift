import CArgon2

/// argon2id through the reference library. Blocking and slow by design.
enum Argon2 {
    struct Failure: Error, CustomStringConvertible {
        let code: Int32

        var description: String {
            argon2_error_message(code).map { "argon2: \(String(cString: $0))" } ?? "argon2: \(code)"
        }
    }

    private static let saltBytes = 16
    private static let hashBytes = 32
    private static let lanes: UInt32 = 1

    /// A hash with its salt and parameters, as a PHC string.
    static func hash(_ password: String, cost: PasswordHasher.Cost) throws(Failure) -> String {
        let length = argon2_encodedlen(
            cost.passes, cost.memoryKiB, lanes, UInt32(saltBytes), UInt32(hashBytes), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let salt = SecureRandom.bytes(saltBytes)
        let secret = Array(password.utf8)
        let code = argon2id_hash_encoded(
            cost.passes, cost.memoryKiB, lanes, secret, secret.count, salt, salt.count, hashBytes, &encoded, length)
        guard code == ARGON2_OK.rawValue else { throw Failure(code: code) }
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether `password` gives the hash in the PHC string `encoded`; the library compares in constant time.
    static func verify(_ password: String, against encoded: String) throws(Failure) -> Bool {
        let secret = Array(password.utf8)
        let code = argon2id_verify(encoded, secret, secret.count)
        switch code {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        default: throw Failure(code: code)
        }
    }
}
