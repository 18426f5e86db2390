"""Texts of the frame around all pages, the first page and the error pages."""

TEXTS = {
    "brand": ("农课", "Nongke"),
    "brand.line": ("乡村电视点播课堂", "Lessons on the village television"),
    "nav.courses": ("课程", "Courses"),
    "nav.videos": ("视频", "Videos"),
    "nav.desk": ("数据", "Figures"),
    "nav.tv": ("看电视页", "TV page"),
    "nav.sign_out": ("退出", "Sign out"),
    "nav.password": ("修改密码", "Password"),
    "nav.sign_in": ("登录", "Sign in"),
    "nav.language": ("English", "中文"),
    "role.admin": ("管理员", "Administrator"),
    "role.editor": ("编辑", "Editor"),
    "role.operator": ("运营", "Operator"),
    "account.place": ("只看{place}的数据", "figures of {place} only"),
    "home.tv": ("电视页", "Television"),
    "home.tv.line": (
        "用遥控器的方向键和数字键选课、看课，和机顶盒上一模一样。",
        "Choose and watch lessons with arrow and digit keys, just as on the box.",
    ),
    "home.studio": ("编辑室", "Studio"),
    "home.studio.line": (
        "上传视频、编排课程、发布上架，处理进度随时可见。",
        "Upload videos, arrange courses, publish them, and see how far each one is.",
    ),
    "home.desk": ("数据台", "Desk"),
    "home.desk.line": (
        "按课程、日期和地区查看播放与观看时长，每个数字都能查到底。",
        "Plays and watch time by course, day and region; every figure can be traced.",
    ),
    "page.previous": ("上一页", "Previous"),
    "page.next": ("下一页", "Next"),
    "page.of": ("第 {page} / {pages} 页", "Page {page} of {pages}"),
    "error.title": ("打不开这个页面", "This page cannot be shown"),
    "error.not_found": ("没有这个页面，地址可能写错了。", "There is no such page."),
    "error.home": ("回到首页", "To the first page"),
    "error.code": ("代码", "Code"),
    "error.defect": (
        "服务器出错了，故障已记录。请稍后再试。",
        "The server failed; the fault is logged. Try again later.",
    ),
    "script.network": (
        "连不上服务器，请检查网络后重试。",
        "The server cannot be reached; check the network and try again.",
    ),
    "script.signed_out": (
        "登录已过期，请重新登录后再操作。",
        "The session is over; sign in again first.",
    ),
    "demo": ("演示", "Demo"),
}
