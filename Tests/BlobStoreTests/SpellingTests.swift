import NIOCore
import Testing

@testable import BlobStore

@Suite struct SpellingTests {
    @Test("a key", arguments: ["a", "a/b", "0-9_z.jpg", "a/b.c..d", String(repeating: "k", count: 200)])
    func key(text: String) throws {
        #expect(try BlobKey(text).text == text)
    }

    @Test(
        "no key",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.b", ".a", "A", "a b", "a\0b", "a%2e", "a\\b",
            "ä", "a+b", "a\n", String(repeating: "k", count: 201),
        ])
    func noKey(text: String) {
        #expect(throws: BlobStoreError.self) { try BlobKey(text) }
    }

    @Test(
        "a prefix may end anywhere in a key",
        arguments: [("", true), ("a/", true), ("a", true), ("/", false), ("..", false)])
    func prefix(text: String, isValid: Bool) {
        #expect(((try? BlobPrefix(text)) != nil) == isValid)
    }

    @Test(
        "where a key lies",
        arguments: [
            ("s3://media?region=eu-central-1", "https://media.s3.eu-central-1.amazonaws.com/a/b"),
            ("s3://media/some/place/", "https://media.s3.us-east-1.amazonaws.com/some/place/a/b"),
            ("s3://media/p?endpoint=http://127.0.0.1:9000", "http://127.0.0.1:9000/media/p/a/b"),
            ("s3://me.dia?endpoint=https://s3.example.org:443/&region=x", "https://s3.example.org/me.dia/a/b"),
            ("s3://media?endpoint=http://[::1]:9000", "http://[::1]:9000/media/a/b"),
        ])
    func location(url: String, expected: String) throws {
        let location = try S3Location(url)
        #expect(try location.origin + location.path(BlobKey("a/b")) == expected)
    }

    @Test(
        "no location",
        arguments: [
            "", "media", "http://media", "s3://", "s3://UP", "s3://ab", "s3://a..b", "s3://me.dia", "s3://media/..",
            "s3://media/a%2fb", "s3://media?regio=x", "s3://media?region=x&region=y", "s3://media?region=X",
            "s3://key:secret@media", "s3://media:1", "s3://media?endpoint=ftp://x", "s3://media?endpoint=http://",
            "s3://media?endpoint=http://u@x", "s3://media?endpoint=http://x/path", "s3://media#a",
        ])
    func noLocation(url: String) {
        #expect(throws: BlobStoreError.self) { try S3Location(url) }
    }

    @Test("credentials come from the environment, both of them or none")
    func credentials() {
        #expect(S3Credentials(environment: ["AWS_ACCESS_KEY_ID": "a"]) == nil)
        #expect(S3Credentials(environment: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": ""]) == nil)
        let found = S3Credentials(
            environment: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"])
        #expect(found == S3Credentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: "c"))
    }

    @Test("XML of a reply")
    func xml() throws {
        let root = try S3XML.parse(ByteBuffer(string: "<?xml version=\"1.0\"?><E xmlns=\"x\"><Code>a&amp;b</Code></E>"))
        #expect(root.name == "E")
        #expect(root["Code"] == "a&b")
        #expect(root["None"] == nil)
    }

    @Test(
        "XML that no reply of S3 is",
        arguments: [
            "", "text", "<a>", "<a></b>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>&b;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>", String(repeating: "<a>", count: 9),
            "<a>" + String(repeating: "<b/>", count: 20_001) + "</a>",
            "<a>" + String(repeating: " ", count: 4 << 20) + "</a>",
        ])
    func noXML(text: String) {
        #expect(throws: BlobStoreError.self) { try S3XML.parse(ByteBuffer(string: text)) }
    }
}
