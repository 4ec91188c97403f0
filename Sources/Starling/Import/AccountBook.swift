/// The accounts that an import came across, in the order it did; each is called by its place in that order.
struct AccountBook {
    private var places: [AccountName: Int] = [:]
    private(set) var names: [AccountName] = []
    /// 0 where it is not known yet: no id is.
    private var ids: [Int64] = []

    /// The place of an account, a new one if this is its first appearance.
    mutating func place(of name: AccountName) -> Int {
        if let place = places[name] { return place }
        places[name] = names.count
        names.append(name)
        ids.append(0)
        return names.count - 1
    }

    func id(at place: Int) -> Int64 { ids[place] }

    mutating func learn(_ id: Int64, at place: Int) {
        ids[place] = id
    }

    /// Those whose ids are not known yet, each once.
    func unknown(in places: some Sequence<Int>) -> [Int] {
        var seen: Set<Int> = []
        return places.filter { ids[$0] == 0 && seen.insert($0).inserted }
    }
}
