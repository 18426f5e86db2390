"""What each figure means. The numbers are filled in from player_api/reports/definitions.py."""

TEXTS = {
    "define.title": ("指标口径", "Definitions"),
    "define.version": ("口径版本 {version}", "Version {version}"),
    "define.basis": (
        "本系统参照国家广播电视总局《网络视听收视指标及计算方法》的定义计数，未经任何机构认证。",
        "Counted by the definitions of the NRTA's “Indicators of online viewing and how they are "
        "calculated”; nobody has certified it.",
    ),
    "define.same": (
        "本页数字直接取自程序里计数用的常数，与实际计算一致。",
        "The numbers on this page are the very constants that the program counts by.",
    ),
    "define.all": ("全部指标口径", "All definitions"),
    "define.formula": ("怎么算", "How"),
    "define.excludes": ("不计入", "Left out"),
    "define.see": ("查看数据", "See the figures"),
    "define.plays": ("播放次数", "Plays"),
    "define.plays.sentence": (
        "一个单次播放标识，以低于 {speed} 倍的速度看过超过 {counted_s} 秒的内容，计 1 次播放。"
        "暂停后继续仍是同一次；重播、退出播放，或 {idle_min} 分钟没有动作，算新的一次。",
        "One play id with more than {counted_s} s of content seen at below {speed} times the "
        "normal speed is one play. Pause and resume keep it; a replay, leaving the player, or "
        "{idle_min} min without movement starts another.",
    ),
    "define.plays.formula": (
        "看过内容的并集长度 > {counted_s} 秒 → 1。"
        "用 CMCD 上报的播放器，一个会话号（sid）就是一次播放，中间停多久都不另算。",
        "Length of the union of what was seen > {counted_s} s → 1. Of a player that reports by "
        "CMCD, one session (sid) is one play, however long it stood still.",
    ),
    "define.plays.excludes": (
        "{counted_s} 秒及以内的播放；{speed} 倍及以上快进时掠过的画面；"
        "异常用户当天的全部播放；广告。",
        "Plays of {counted_s} s or less; pictures that fly by at {speed} times and faster; all "
        "plays of an invalid user on that day; advertisements.",
    ),
    "define.effective": ("有效观看", "Effective views"),
    "define.effective.sentence": (
        "看过的不同内容达到 {effective_s} 秒，或达到课时时长的 {percent}%（较短的课时）。",
        "At least {effective_s} s of different content, or {percent} % of a shorter lesson.",
    ),
    "define.effective.formula": (
        "不重复观看时长 ≥ min（{effective_s} 秒，时长 × {percent}%），并且计入播放次数。",
        "Distinct watch time ≥ min({effective_s} s, duration × {percent} %), and it is a play.",
    ),
    "define.effective.excludes": (
        "反复看同一段不会变成有效观看；不计入播放次数的播放。",
        "Seeing one part again and again; plays that do not count as plays.",
    ),
    "define.completion": ("完播与完播率", "Completion"),
    "define.completion.sentence": (
        "看过的不同内容达到课时时长的 {percent}%（编辑室里每课可另设）计 1 次完播，"
        "快进到结尾不算。"
        "完播率 = 完播次数 ÷ 播放次数。",
        "A play that saw at least {percent} % of the lesson (the studio may set it per lesson) is "
        "complete; skipping to the end is not. Completion = complete plays ÷ plays.",
    ),
    "define.completion.formula": (
        "不重复观看时长 ÷ 时长 ≥ {percent}%，并且计入播放次数。",
        "Distinct watch time ÷ duration ≥ {percent} %, and it is a play.",
    ),
    "define.completion.excludes": (
        "快进或拖动掠过的部分；只有“播放结束”的信号也不算。",
        "What was skipped; the mere signal that the end was reached.",
    ),
    "define.watch": ("观看时长", "Watch time"),
    "define.watch.sentence": (
        "机顶盒实际播放的时间。页面上的小时四舍五入，合计按精确值计算，下载文件有精确秒数。",
        "The time that the box really spent playing. Hours are rounded; totals are of exact "
        "values, and downloads have exact seconds.",
    ),
    "define.watch.formula": (
        "按机顶盒自己的单调时钟累计，取各次上报中最大的累计值；不超过经过的时间 × 播放速度。"
        "合计按毫秒精确相加。",
        "Summed on the box's own monotonic clock; the largest value of all reports, at most the "
        "time that passed × speed. Totals are sums of exact milliseconds.",
    ),
    "define.watch.excludes": (
        "暂停的时间；不计入播放次数的播放。",
        "Pauses; plays that do not count as plays.",
    ),
    "define.distinct": ("不重复观看时长", "Distinct watch time"),
    "define.distinct.sentence": (
        "一次播放里看过的不同内容的总长，重看的部分只算一遍。",
        "How much different content a play saw; what was seen again counts once.",
    ),
    "define.distinct.formula": (
        "所有看过区间的并集长度。上报重复、乱序、补发都不改变结果。",
        "Length of the union of all parts seen. Reports that come twice, late or in another "
        "order change nothing.",
    ),
    "define.distinct.excludes": (
        "超出课时时长的部分；快进掠过的部分。",
        "What is beyond the lesson's end; what flew by.",
    ),
    "define.boxes": ("收看户数", "Boxes"),
    "define.boxes.sentence": (
        "这段时间里至少有一次计入播放的机顶盒数。一台机顶盒代表一户或一个村级点，不代表一个人。",
        "Boxes with at least one play that counts. A box is a household or a village hall, never "
        "a person.",
    ),
    "define.boxes.formula": (
        "按机顶盒编号精确去重，不抽样、不估算。不同日期的户数不能相加；"
        "一户在两个地区看过，各地区各算 1 户，上级仍算 1 户。",
        "Exactly different box numbers, without samples or estimates. The boxes of single days "
        "can't be summed; a box that watched in two regions counts in each, and once above them.",
    ),
    "define.boxes.excludes": (
        "只有 {counted_s} 秒以内播放的机顶盒；异常用户当天的播放。",
        "Boxes with nothing but plays of {counted_s} s or less; plays of an invalid user on that "
        "day.",
    ),
    "define.peak": ("正在播放与峰值", "Playing now and peak"),
    "define.peak.sentence": (
        "一次播放从开始到最后一次上报后再过一个上报间隔（{beat_s} 秒）为止算“正在播放”；"
        "峰值是一天里同时播放最多的那一分钟。",
        "A play is alive from its start to its last report and one interval ({beat_s} s) more; "
        "the peak is the fullest minute of a day.",
    ),
    "define.peak.formula": (
        "逐分钟统计这一分钟内曾经在播的次数，取最大值；相同时取最早的一分钟。"
        "一次播放最长按 {longest_h} 小时计。",
        "The plays alive at some moment of each minute; the largest number, the first minute "
        "that has it. A play is alive for {longest_h} h at the longest.",
    ),
    "define.peak.excludes": (
        "不计入播放次数的播放；异常用户当天的播放。",
        "Plays that do not count as plays; plays of an invalid user on that day.",
    ),
    "define.retention": ("留存曲线", "Retention"),
    "define.retention.sentence": (
        "把课时按每 {step_s} 秒分成小段，看每一段有多大比例的播放看过。",
        "For each {step_s} s of a lesson, the share of its plays that saw it.",
    ),
    "define.retention.formula": (
        "看过小段的正中间就算看过这一段；比例 = 看过这一段的播放次数 ÷ 这节课的播放次数。",
        "Who saw the middle of a step saw the step; share = plays that saw it ÷ all plays of the "
        "lesson.",
    ),
    "define.retention.excludes": (
        "不计入播放次数的播放；快进掠过的部分。重看不会使比例超过 100%。",
        "Plays that do not count as plays; what flew by. Seeing a part twice counts once.",
    ),
    "define.coverage": ("覆盖率", "Coverage"),
    "define.coverage.sentence": (
        "一个地区登记的机顶盒里，这段时间有过计入播放的比例。",
        "The share of a region's boxes that have a play that counts in the period.",
    ),
    "define.coverage.formula": (
        "收看户数 ÷ 期末登记在该地区的机顶盒数。“沉默”：以前看过，期末前 {silent} 天没有看；"
        "“从未收看”：到期末还没有一次计入播放。",
        "Boxes heard ÷ boxes registered in the region when the period ends. Silent: heard once, "
        "but not in the last {silent} days; never: not one play that counts so far.",
    ),
    "define.coverage.excludes": (
        "期末之后才登记的、期末之前已停用的机顶盒。迁走的机顶盒算在期末所在的地区。",
        "Boxes registered after the end or revoked before it. A box that moved belongs to the "
        "region where it stood at the end.",
    ),
    "define.invalid": ("异常用户", "Invalid users"),
    "define.invalid.sentence": (
        "一台机顶盒每分钟超过 {minute} 次、或每天超过 {day:,} 次操作，或一天观看超过 {hours} 小时"
        "（同时播放多课），当天算异常用户。",
        "A box with more than {minute} actions a minute or {day:,} a day, or with more than "
        "{hours} hours watched in a day (plays beside each other), is an invalid user on that day.",
    ),
    "define.invalid.formula": (
        "操作数取自每次播放上报的序号；观看时长只算当天零点到二十四点之间的部分，时间只能估计的播放不算。异常用户当天的播放不计入任何指标，但不删除；"
        "核实后可以恢复，恢复后数字与从未标记时完全一样。",
        "Actions are numbered by the box; of watch time only what lies within the day is added, "
        "and nothing of plays whose time is a guess. None of its plays on that day counts in any "
        "figure, but nothing is deleted; a lifted flag gives back exactly the same figures.",
    ),
    "define.invalid.excludes": (
        "只影响标记的那一天，不影响这台机顶盒的其他日期。",
        "Other days of the same box are not touched.",
    ),
    "define.when": ("归日与迟到", "Days and late reports"),
    "define.when.sentence": (
        "播放按开始的日期归日（{zone}），不论上报何时到达。",
        "A play belongs to the day on which it began ({zone}), however late its report comes.",
    ),
    "define.when.formula": (
        "校正时间 = 到达时间 −（发送时间 − 事件时间），后两者都用机顶盒自己的时钟，"
        "所以机顶盒时钟不准也不影响归日。",
        "Corrected time = received − (sent − happened), the latter two by the box's own clock, so "
        "a wrong clock does no harm.",
    ),
    "define.when.excludes": (
        "到达时已超过 {days} 天的事件。已冻结月份的补报记入下一份月报的“迟到”一行，不改旧月报。",
        "Events older than {days} days when they arrive. What comes for a frozen month stands on "
        "the “late” line of the next statement; the old one never changes.",
    ),
    "define.receipts": ("收报对账", "Receipts"),
    "define.receipts.sentence": (
        "每天每个地区收到的每一个事件，都有且只有一个去向。",
        "Every event that arrives has exactly one fate.",
    ),
    "define.receipts.formula": (
        "收到 = 计入 + 无新内容 + 迟到 + 异常用户 + 拒收，在同一个事务里记录，差额必须为 0。",
        "Received = counted + nothing new + late + invalid user + refused, written in the same "
        "transaction; the difference must be 0.",
    ),
    "define.receipts.excludes": (
        "没有通过身份验证的请求不算收到。",
        "Requests without a valid token are not received at all.",
    ),
    "define.groups": ("集体学习与到场人次", "Learning together"),
    "define.groups.sentence": (
        "村里集体观看时，用遥控器输入到场人数（{least} 到 {most:,} 人），单独统计。",
        "A village that watches together enters how many are present ({least} to {most:,} people); "
        "they are counted apart.",
    ),
    "define.groups.formula": (
        "集体播放次数 = 报过人数且计入播放次数的播放；到场人次 = 各次播放报过的最多人数之和。"
        "日期和地区与这次播放相同；上报重复、乱序、补发都不改变结果。",
        "Plays to groups: plays that count and said a number. People present: the sum of the most "
        "that each play said. Day and place are those of the play; reports that come twice, late "
        "or in another order change nothing.",
    ),
    "define.groups.excludes": (
        "到场人次不计入播放次数、有效观看、观看时长和收看户数，也不进入月报："
        "一次集体播放就是一次播放、一台机顶盒。不计入播放次数的播放没有人次。",
        "The people are no part of plays, effective views, watch time, boxes or statements: a play "
        "to a village is one play of one box. Plays that do not count have no people.",
    ),
    "define.misses": ("找不到的搜索", "Searches not found"),
    "define.misses.sentence": (
        "住户搜索但一个结果也没有的词，用来发现还缺哪些课程。",
        "Words that households searched for without any result: courses that are missing.",
    ),
    "define.misses.formula": (
        "按天、按县统计次数；大小写和全角半角不同的写法合并。",
        "Counted by day and county; different widths and cases of letters are one word.",
    ),
    "define.misses.excludes": (
        "有结果的搜索。",
        "Searches that found something.",
    ),
}
