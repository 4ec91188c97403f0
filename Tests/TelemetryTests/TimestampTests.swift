import Testing

@testable import Telemetry

@Suite struct TimestampTests {
    @Test(
        "formats and parses",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_209_645_123, "2026-11-20T21:20:45.123Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ])
    func roundTrip(milliseconds: Int64, text: String) {
        let timestamp = Timestamp(millisecondsSince1970: milliseconds)
        #expect(timestamp.rfc3339 == text)
        #expect(Timestamp(rfc3339: text) == timestamp)
        var bytes: [UInt8] = [1]
        timestamp.append(to: &bytes)
        #expect(bytes == [1] + Array(text.utf8))
    }

    @Test("every day of four centuries has its place")
    func everyDay() {
        var expected = Timestamp(millisecondsSince1970: -62_135_596_800_000)
        #expect(expected.rfc3339 == "0001-01-01T00:00:00.000Z")
        for _ in 0..<146_097 {
            let parsed = Timestamp(rfc3339: expected.rfc3339)
            guard parsed == expected else {
                Issue.record("\(expected.rfc3339) became \(parsed?.rfc3339 ?? "nothing")")
                return
            }
            expected = Timestamp(millisecondsSince1970: expected.millisecondsSince1970 + 86_400_000)
        }
        #expect(expected.rfc3339 == "0401-01-01T00:00:00.000Z")
    }

    @Test("moments out of the range are written as its ends")
    func clamped() {
        #expect(Timestamp(millisecondsSince1970: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(millisecondsSince1970: .min).rfc3339 == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        "other spellings of the same moment",
        arguments: [
            "2026-11-20T21:20:45.12Z", "2026-11-20t21:20:45.120z", "2026-11-20T21:20:45.1209999Z",
            "2026-11-20T22:50:45.12+01:30", "2026-11-20T00:20:45.12-21:00",
        ])
    func spellings(text: String) {
        #expect(Timestamp(rfc3339: text)?.rfc3339 == "2026-11-20T21:20:45.120Z")
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "2026", "2026-11-20", "2026-11-20T21:20:45", "2026-11-20 21:20:45Z", "2026-13-20T21:20:45Z",
            "2026-00-20T21:20:45Z", "2026-02-29T21:20:45Z", "1900-02-29T21:20:45Z", "2026-11-31T21:20:45Z",
            "2026-11-00T21:20:45Z", "2026-11-20T24:00:00Z", "2026-11-20T21:60:45Z", "2026-11-20T23:59:60Z",
            "2026-11-20T21:20:45.Z", "2026-11-20T21:20:45,1Z", "2026-11-20T21:20:45+24:00", "2026-11-20T21:20:45+01:60",
            "2026-11-20T21:20:45+0100", "2026-11-20T21:20:45Z ", " 2026-11-20T21:20:45Z", "2026-11-20T21:20:45ZZ",
            "+026-11-20T21:20:45Z", "20261-1-20T21:20:45Z", "२०२६-11-20T21:20:45Z", "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
