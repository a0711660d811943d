"""What is awaited from the store of electronic licences: which an enterprise holds, and until when."""

from schemas.awaits import Department, awaited
from schemas.kinds import DAY, TEXT


class Licences(Department):
    """Electronic licences of all departments."""

    title = "浙江省数据局"

    licences = awaited(TEXT, "有效许可证照", "L1", meaning="在有效期内的证照种类，以;相连")
    food_production_until = awaited(DAY, "食品生产许可证有效期至", "L1")
    food_trade_until = awaited(DAY, "食品经营许可证有效期至", "L1")
    drug_trade_until = awaited(DAY, "药品经营许可证有效期至", "L1")
    drug_production_until = awaited(DAY, "药品生产许可证有效期至", "L1")
    device_trade_until = awaited(DAY, "医疗器械经营许可证有效期至", "L1")
    device_production_until = awaited(DAY, "医疗器械生产许可证有效期至", "L1")
    cosmetics_until = awaited(DAY, "化妆品生产许可证有效期至", "L1")
    industrial_goods_until = awaited(DAY, "工业产品生产许可证有效期至", "L1")
    tobacco_until = awaited(DAY, "烟草专卖零售许可证有效期至", "L1")
    dangerous_chemicals_until = awaited(DAY, "危险化学品经营许可证有效期至", "L1")
    work_safety_until = awaited(DAY, "安全生产许可证有效期至", "L1")
    road_freight_until = awaited(DAY, "道路运输经营许可证有效期至", "L1")
    water_intake_until = awaited(DAY, "取水许可证有效期至", "L1")
    drainage_until = awaited(DAY, "排水许可证有效期至", "L1")
    hazardous_waste_until = awaited(DAY, "危险废物经营许可证有效期至", "L1")
    radiation_until = awaited(DAY, "辐射安全许可证有效期至", "L1")
    health_until = awaited(DAY, "卫生许可证有效期至", "L1")
    construction_until = awaited(DAY, "建筑业企业资质证书有效期至", "L1")
    real_estate_until = awaited(DAY, "房地产开发企业资质证书有效期至", "L1")
    labour_dispatch_until = awaited(DAY, "劳务派遣经营许可证有效期至", "L1")
    recruitment_until = awaited(DAY, "人力资源服务许可证有效期至", "L1")
    printing_until = awaited(DAY, "印刷经营许可证有效期至", "L1")
    publications_until = awaited(DAY, "出版物经营许可证有效期至", "L1")
    entertainment_until = awaited(DAY, "娱乐经营许可证有效期至", "L1")
    travel_until = awaited(DAY, "旅行社业务经营许可证有效期至", "L1")
    school_until = awaited(DAY, "民办学校办学许可证有效期至", "L1")
    gas_until = awaited(DAY, "燃气经营许可证有效期至", "L1")
    seeds_until = awaited(DAY, "农作物种子生产经营许可证有效期至", "L1")
