import Testing

@testable import Text

@Suite struct ConfusablesTests {
    @Test(
        "names that look alike have one skeleton",
        arguments: [
            ("alice", "a1ice"), ("alice", "ALICE"), ("larry", "iarry"), ("larry", "1arry"), ("bob", "b0b"),
            ("modern", "modem"),
            ("vvalter", "walter"), ("a_b", "a__b"), ("alice", "аlісе"), ("alice", "αlice"), ("bob", "ВОВ"),
            ("paypal", "раураӏ"),
            ("alice", "ａｌｉｃｅ"), ("alice", "𝐚𝐥𝐢𝐜𝐞"), ("alice", "álice"), ("alice", "ali\u{200D}ce"), ("oslo", "øslø"),
            ("user1", "user١"),
            ("mapia", "Μαρια"), ("xerox", "хегох"), ("scope", "ѕсоре"),
        ])
    func alike(one: String, other: String) {
        #expect(Confusables.skeleton(of: one) == Confusables.skeleton(of: other))
    }

    @Test(
        "others have not",
        arguments: [
            ("alice", "alicia"), ("bob", "rob"), ("user1", "user2"), ("user1", "user11"), ("ab", "a_b"), ("sam", "5am"),
            ("dan", "clan"),
            ("nm", "mn"), ("", "a"), ("owner_8", "own_er8"), ("owner_8", "owner8"), ("_alice", "alice"),
        ])
    func apart(one: String, other: String) {
        #expect(Confusables.skeleton(of: one) != Confusables.skeleton(of: other))
    }

    @Test("numbered names stay apart")
    func numbered() {
        #expect(Set((0..<5_000).map { Confusables.skeleton(of: "user\($0)") }).count == 5_000)
    }

    @Test("a skeleton is its own skeleton, for every letter there is")
    func idempotent() {
        let changing = Alphabets.scalars.filter { scalar in
            let skeleton = Confusables.skeleton(of: String(scalar))
            return Confusables.skeleton(of: skeleton) != skeleton
        }
        #expect(changing.isEmpty)
    }

    @Test("no letter is in the table twice, and each stands for small ASCII")
    func table() {
        let scalars = Confusables.lookalikes.flatMap { Array($0.scalars.unicodeScalars) }
        #expect(Set(scalars).count == scalars.count)
        #expect(
            Confusables.lookalikes.allSatisfy { $0.shape.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) } })
    }
}
