/// Usernames such as `mira_willow`, all different.
enum DemoNames {
    static func names(count: Int, seed: UInt64) -> [String] {
        let all = first.flatMap { first in last.map { "\(first)_\($0)" } }
        var numbers = SeededNumbers(seed: seed)
        let shuffled = all.shuffled(using: &numbers)
        return (0..<count).map { index in
            let round = index / shuffled.count
            return shuffled[index % shuffled.count] + (round > 0 ? "\(round + 1)" : "")
        }
    }

    private static let first = words(
        """
        ada alma amir anton aziz bela bruno carla cem clara dario dina edda elif emil enzo fatou felix fern finn
        gita greta hana hugo ida ines ivo jana jonas juna kai kira lars lena leo lina luca malik mara mei mila mira
        nadia nils noor olga omar otto paula pepe petra quinn rafi rosa rui sami sara selma silas sora tariq tessa
        theo tilda tomas uma vera viktor wanda xenia yara yuki zeno zoe
        """)

    private static let last = words(
        """
        acorn alder amber aspen birch bloom bramble breeze brook cedar clover cloud coral cove crane dawn delta dune
        ember fable falcon fern finch fjord flint fog forest fox frost glade grove harbor hazel heath heron holly
        iris island ivy jasper juniper lake lark leaf linden lotus maple marsh meadow mist moon moss oak ocean olive
        otter owl pebble pine plum pond poppy quartz rain raven reed ridge river robin rowan sage sky snow sparrow
        spring spruce star stone storm summer swift thistle tide valley violet wave willow wren
        """)

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
